<?php
function database(): PDO {
    $at = sprintf('mysql:host=%s;dbname=%s;charset=utf8mb4', getenv('DB_HOST'), getenv('DB_NAME'));
    $password = rtrim(file_get_contents(getenv('DB_PASSWORD_FILE')), "\n");
    return new PDO($at, getenv('DB_USER'), $password, [PDO::ATTR_TIMEOUT => 3]);
}
