using System.Runtime.InteropServices;
using System.Text;
using Rvp.Cli;

// Names of people, whatever the code page; the shell after us finds its own again.
if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected)
{
    var before = Console.OutputEncoding;
    Console.OutputEncoding = Encoding.UTF8;
    AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.OutputEncoding = before;
}

// A window that is closed, and a reader that has had enough, end the program as Ctrl-C does: signed out.
using var ending = new CancellationTokenSource();
using var hasEnded = new ManualResetEventSlim();
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
{
    signal.Cancel = true;
    ending.Cancel();
    // Windows ends the program as soon as this returns, and five seconds after the window was closed anyway.
    if (OperatingSystem.IsWindows()) hasEnded.Wait(TimeSpan.FromSeconds(4.5));
});
OutputPipe.WhenReaderIsGone(ending.Cancel);
var code = await ClientCommandLine.RunAsync(args, Terminal.OfThisProcess(), ending.Token);
hasEnded.Set();
return code;
