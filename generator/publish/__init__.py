"""Write what accompanies a finished site (manifest, bag, signature), and copy, verify and encrypt sites."""
