using Rvp.Cli;

return await ClientCommandLine.RunAsync(args, Terminal.OfThisProcess(), CancellationToken.None);
