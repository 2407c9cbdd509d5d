CREATE TABLE entry (
  id INT AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  text TEXT NOT NULL,
  photo VARCHAR(80)
);
INSERT INTO entry (name, text) VALUES ('the host', 'Welcome!');
