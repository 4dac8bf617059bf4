using System.Runtime.InteropServices;

namespace RvpServer.Runtime;

/// <summary>
/// SIGTERM and Ctrl+C from the first moment: the host listens to them only when it has started, and until then they would end the process as if it had failed.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource told;
    private readonly PosixSignalRegistration[] registrations;

    /// <param name="stop">Another way to be told.</param>
    public StopSignals(CancellationToken stop)
    {
        told = CancellationTokenSource.CreateLinkedTokenSource(stop);
        registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal => PosixSignalRegistration.Create(signal, Tell))];
    }

    /// <summary>Cancelled when the server is told to stop.</summary>
    public CancellationToken Stop => told.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        told.Dispose();
    }

    private void Tell(PosixSignalContext context)
    {
        context.Cancel = true;
        told.Cancel();
    }
}
