ALTER TABLE note ADD COLUMN at timestamptz NOT NULL DEFAULT now();
