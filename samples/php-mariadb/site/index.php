<?php
// GET / shows the guestbook; POST / with name, text and, if wanted, a photo adds to it.
require 'database.php';
const PHOTOS = '/var/www/photos';

function add(PDO $db): void {
    $photo = null;
    if (is_uploaded_file($_FILES['photo']['tmp_name'] ?? '')) {
        $photo = hash_file('sha256', $_FILES['photo']['tmp_name']);
        move_uploaded_file($_FILES['photo']['tmp_name'], PHOTOS . "/$photo");
    }
    $db->prepare('INSERT INTO entry (name, text, photo) VALUES (?, ?, ?)')
        ->execute([$_POST['name'], $_POST['text'], $photo]);
}

$db = database();
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    add($db);
    header('Location: /', true, 303);
    exit;
}
if (preg_match('/^[0-9a-f]{64}$/', $_GET['photo'] ?? '')) {
    header('Content-Type: application/octet-stream');
    readfile(PHOTOS . '/' . $_GET['photo']);
    exit;
}
?>
<!doctype html>
<title>Guestbook</title>
<ul>
<?php foreach ($db->query('SELECT name, text, photo FROM entry ORDER BY id') as $entry): ?>
<li><b><?= htmlspecialchars($entry['name']) ?></b>: <?= htmlspecialchars($entry['text']) ?>
<?php if ($entry['photo']): ?> <a href="/?photo=<?= $entry['photo'] ?>">photo</a><?php endif ?></li>
<?php endforeach ?>
</ul>
<form method="post" enctype="multipart/form-data">
<input name="name"> <input name="text"> <input name="photo" type="file"> <button>sign</button>
</form>
