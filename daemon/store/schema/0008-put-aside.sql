-- A plugin that fails again and again is put aside with growing pauses.
ALTER TABLE plugin_run ADD COLUMN failing_since TEXT; -- moment of the first of the failures in a row; NULL: it works
ALTER TABLE plugin_run ADD COLUMN next_try TEXT;      -- moment before which it is not run; NULL: it is not put aside
