"""Write a catalogue's folder: partitions, HATS files, script twins, indexes of ids."""
