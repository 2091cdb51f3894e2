using System.CommandLine;

var root = new RootCommand("Declare a resource once on a host cluster and make it true on every member cluster.");
return await root.Parse(args).InvokeAsync();
