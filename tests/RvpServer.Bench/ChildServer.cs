using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace RvpServer.Bench;

/// <summary>A server in a process of its own, so that its processor time and its memory are its own.</summary>
internal sealed class ChildServer : IAsyncDisposable
{
    public const string Rvp = "serve-rvp";
    public const string Yarp = "serve-yarp";
    public const string Redirect = "serve-redirect";

    private readonly Process process;

    private ChildServer(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Processor time used so far, user and kernel.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts this program again as a server; it says its port in its first line.</summary>
    public static async Task<ChildServer> StartAsync(string kind, string[] arguments, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ChildServer).Assembly.Location);
        foreach (var argument in (string[])[kind, .. arguments]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException(kind + " did not start.");
        return new ChildServer(process, int.Parse(line, CultureInfo.InvariantCulture));
    }

    /// <summary>Bytes of the managed heap after a full collection, and of the working set.</summary>
    public async Task<(long Heap, long WorkingSet)> MemoryAsync(CancellationToken stop, int minutesLater = 0)
    {
        await process.StandardInput.WriteLineAsync(minutesLater.ToString(CultureInfo.InvariantCulture).AsMemory(), stop);
        await process.StandardInput.FlushAsync(stop);
        var numbers = (await process.StandardOutput.ReadLineAsync(stop))!.Split(' ');
        return (long.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits on the server's side for the end of its standard input, and answers what is asked there.</summary>
    public static async Task ServeAsync(int port, CancellationToken stop, FakeTimeProvider? clock = null)
    {
        Console.WriteLine(port);
        while (await Console.In.ReadLineAsync(stop) is { } minutes)
        {
            clock?.Advance(TimeSpan.FromMinutes(int.Parse(minutes, CultureInfo.InvariantCulture)));
            // Twice, with finalizers between: what the first collection only finds dead is gone after the second.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalMemory(forceFullCollection: true)} {Environment.WorkingSet}"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
        process.Dispose();
    }
}
