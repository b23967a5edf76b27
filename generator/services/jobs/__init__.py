"""Jobs of asynchronous queries, which all processes of a service see."""
