using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RvpServer.Reliability.Networks;

/// <summary>What becomes of a connection.</summary>
internal enum Fault
{
    /// <summary>Nothing: what comes is passed on.</summary>
    None,

    /// <summary>Reset at both ends.</summary>
    Reset,

    /// <summary>Closed in good order at both ends.</summary>
    Close,

    /// <summary>This direction ends; the other stays.</summary>
    HalfClose,

    /// <summary>Nothing passes any more, and nobody is told.</summary>
    Silence,
}

/// <summary>
/// A network between a caller and a port on loopback that delays, cuts and swallows. Where the kernel can do that itself, in namespaces, the tests of real
/// peers try it.
/// </summary>
internal sealed class Wire : IAsyncDisposable
{
    private static readonly TimeSpan NotAccepted = TimeSpan.FromMilliseconds(300);

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Socket, bool> ends = [];
    private readonly List<Socket> fillers = [];
    private readonly Func<int> to;
    private TaskCompletionSource accepts = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isGone;

    private Wire(Func<int> to)
    {
        this.to = to;
        accepts.SetResult();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>For a Call-Back header.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));

    /// <summary>How long each piece is under way.</summary>
    public Func<TimeSpan> Delay { get; set; } = () => TimeSpan.Zero;

    /// <summary>What happens to a piece instead of being passed on; told whether it goes to the port, or back.</summary>
    public Func<bool, Fault> FaultOf { get; set; } = _ => Fault.None;

    /// <summary>A wire that leads to a port.</summary>
    public static Wire To(Func<int> port) => new(port);

    /// <summary>
    /// The machine at its end loses its power: connections that were open stay open and silent, and attempts to make new ones are swallowed, since no system
    /// is there to refuse them.
    /// </summary>
    public async Task VanishAsync()
    {
        isGone = true;
        accepts = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // A full queue of connections that nobody takes: the kernel drops further ones.
        listener.Listen(0);
        for (var isTaken = true; isTaken;)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            fillers.Add(filler);
            var connecting = filler.ConnectAsync(IPAddress.Loopback, Port);
            isTaken = await Task.WhenAny(connecting, Task.Delay(NotAccepted)) == connecting;
        }
    }

    /// <summary>The machine is there again; what was open is not.</summary>
    public void ComesBack()
    {
        foreach (var filler in fillers) filler.Dispose();
        fillers.Clear();
        foreach (var end in ends.Keys) Reset(end);
        isGone = false;
        listener.Listen(512);
        accepts.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        accepts.TrySetResult();
        listener.Dispose();
        foreach (var filler in fillers) filler.Dispose();
        foreach (var end in ends.Keys) end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var caller = await listener.AcceptAsync(stopping.Token);
                await accepts.Task;
                _ = ServeAsync(caller);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        var called = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        caller.NoDelay = true;
        ends[caller] = ends[called] = true;
        try
        {
            await called.ConnectAsync(IPAddress.Loopback, to(), stopping.Token);
            await Task.WhenAll(PassAsync(caller, called, isThere: true), PassAsync(called, caller, isThere: false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Reset(caller);
            Reset(called);
        }
        if (isGone) return;
        foreach (var end in new[] { caller, called })
        {
            end.Dispose();
            ends.TryRemove(end, out _);
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool isThere)
    {
        var piece = new byte[64 * 1024];
        int length;
        while ((length = await from.ReceiveAsync(piece, stopping.Token)) > 0)
        {
            if (Delay() is { Ticks: > 0 } delay) await Task.Delay(delay, stopping.Token);
            switch (isGone ? Fault.Silence : FaultOf(isThere))
            {
                case Fault.Reset:
                    Reset(from);
                    Reset(to);
                    return;
                case Fault.Close:
                    from.Shutdown(SocketShutdown.Both);
                    to.Shutdown(SocketShutdown.Both);
                    return;
                case Fault.HalfClose:
                    to.Shutdown(SocketShutdown.Send);
                    return;
                case Fault.Silence:
                    continue;
                default:
                    for (var sent = 0; sent < length;) sent += await to.SendAsync(piece.AsMemory(sent, length - sent), stopping.Token);
                    break;
            }
        }
        if (!isGone) to.Shutdown(SocketShutdown.Send);
    }

    private static void Reset(Socket end)
    {
        try
        {
            end.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is over already.
        }
        end.Dispose();
    }
}
