using RvpServer;
using RvpServer.Cli;

var root = RvpCommandLine.Create(CommandFamilies.All, ServerHost.RunAsync);
return await RvpCommandLine.InvokeAsync(root, args, Console.Out, Console.Error);
