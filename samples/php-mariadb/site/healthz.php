<?php
require 'database.php';
try {
    database()->query('SELECT 1');
    echo "ok\n";
} catch (PDOException $e) {
    http_response_code(503);
    echo "the database does not answer: {$e->getMessage()}\n";
}
