"""What a catalogue's folder holds: partitions, HATS files, script twins, indexes of ids."""
