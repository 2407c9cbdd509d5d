CREATE TABLE note (id serial PRIMARY KEY, text text NOT NULL);
INSERT INTO note (text) VALUES ('the first migration was here');
