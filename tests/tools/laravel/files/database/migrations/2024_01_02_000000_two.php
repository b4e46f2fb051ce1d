<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Schema;

return new class extends Migration {
    public function up()
    {
        DB::statement('CREATE TABLE two (id INTEGER PRIMARY KEY)');
    }

    public function down()
    {
        Schema::drop('two');
    }
};
