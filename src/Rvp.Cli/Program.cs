using Rvp.Cli;

return await RvpCommandLine.RunAsync(args, Terminal.OfThisProcess(), CancellationToken.None);
