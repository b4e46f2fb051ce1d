<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Schema;

return new class extends Migration {
    public function up()
    {
        DB::statement('CREATE TABLE three (id INTEGER PRIMARY KEY)');
        DB::statement('INSERT INTO nonsense VALUES (1)');
    }

    public function down()
    {
        Schema::drop('three');
    }
};
