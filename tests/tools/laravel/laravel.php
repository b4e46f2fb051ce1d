<?php
// What `php artisan migrate` and `php artisan migrate:status` call.
require '/usr/share/php/Illuminate/Database/autoload.php';
require '/usr/share/php/Illuminate/Console/autoload.php';
require '/usr/share/php/Illuminate/Events/autoload.php';
require '/usr/share/php/Illuminate/Filesystem/autoload.php';

use Illuminate\Container\Container;
use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Console\Migrations\StatusCommand;
use Illuminate\Database\Migrations\DatabaseMigrationRepository;
use Illuminate\Database\Migrations\Migrator;
use Illuminate\Filesystem\Filesystem;
use Illuminate\Support\Facades\Facade;
use Symfony\Component\Console\Input\ArrayInput;
use Symfony\Component\Console\Output\ConsoleOutput;

error_reporting(E_ALL & ~E_DEPRECATED);
$driver = ['sqlite' => 'sqlite', 'postgres' => 'pgsql', 'mariadb' => 'mysql'][getenv('KIND')];
$container = new Container();
Container::setInstance($container);
Facade::setFacadeApplication($container);
if ($driver === 'sqlite') {
    touch(getenv('FILE'));
}
$manager = new Manager($container);
$manager->addConnection([
    'driver' => $driver,
    'host' => getenv('HOST'),
    'port' => getenv('PORT'),
    'username' => getenv('DBUSER'),
    'password' => getenv('PASSWORD'),
    'database' => $driver === 'sqlite' ? getenv('FILE') : getenv('NAME'),
]);
$manager->setAsGlobal();
$container->instance('db', $manager->getDatabaseManager());
$container->bind('db.schema', fn () => $manager->getConnection()->getSchemaBuilder());
$repository = new DatabaseMigrationRepository($manager->getDatabaseManager(), 'migrations');
$migrator = new Migrator($repository, $manager->getDatabaseManager(), new Filesystem());
if (!$migrator->repositoryExists()) {
    $repository->createRepository();
}
if ($argv[1] === 'migrate') {
    $migrator->run(['database/migrations']);
} else {
    $command = new StatusCommand($migrator);
    $command->setLaravel($container);
    exit($command->run(new ArrayInput(['--path' => ['database/migrations'], '--realpath' => true]), new ConsoleOutput()));
}
