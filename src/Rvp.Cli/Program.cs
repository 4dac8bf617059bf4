using System.Runtime.InteropServices;
using Rvp.Cli;

// A window that is closed, and a reader that has had enough, end the program as Ctrl-C does: signed out.
using var ending = new CancellationTokenSource();
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
{
    signal.Cancel = true;
    ending.Cancel();
});
OutputPipe.WhenReaderIsGone(ending.Cancel);
return await ClientCommandLine.RunAsync(args, Terminal.OfThisProcess(), ending.Token);
