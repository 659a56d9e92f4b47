"""The console of agents and admins: pages made on the server, which work without a script and improve with one."""
