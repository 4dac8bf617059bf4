using RvpServer;
using RvpServer.Cli;

var root = ServerCommandLine.Create(CommandFamilies.All, ServerHost.RunAsync);
return await ServerCommandLine.InvokeAsync(root, args, Console.Out, Console.Error);
