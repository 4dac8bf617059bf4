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
    public const string BareRelay = "serve-relay";

    private const string Count = "count";

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
    /// <param name="kind">Which.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="syncs">Counts its syncs.</param>
    public static async Task<ChildServer> StartAsync(string kind, string[] arguments, CancellationToken stop, SyncCount? syncs = null)
    {
        string[] command = [.. syncs?.Command ?? [], "dotnet", typeof(ChildServer).Assembly.Location, kind, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException(kind + " did not start.");
        return new ChildServer(process, int.Parse(line, CultureInfo.InvariantCulture));
    }

    /// <summary>What it has used since it started.</summary>
    public async Task<Usage> UsageAsync(CancellationToken stop) => Usage.Parse(await AskAsync(Count, stop));

    /// <summary>What it uses for some work.</summary>
    public async Task<Usage> MeasureAsync(Func<Task> work, CancellationToken stop)
    {
        var before = await UsageAsync(stop);
        await work();
        return await UsageAsync(stop) - before;
    }

    /// <summary>Bytes of the managed heap after a full collection, and of the working set.</summary>
    public async Task<(long Heap, long WorkingSet)> MemoryAsync(CancellationToken stop, int minutesLater = 0)
    {
        var numbers = (await AskAsync(Table.Text(minutesLater), stop)).Split(' ');
        return (long.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits on the server's side for the end of its standard input, and answers what is asked there.</summary>
    public static async Task ServeAsync(int port, CancellationToken stop, FakeTimeProvider? clock = null)
    {
        Console.WriteLine(port);
        while (await Console.In.ReadLineAsync(stop) is { } question)
        {
            Console.WriteLine(question == Count ? Usage.Now().ToString() : Memory(int.Parse(question, CultureInfo.InvariantCulture), clock));
        }
    }

    private static string Memory(int minutesLater, FakeTimeProvider? clock)
    {
        clock?.Advance(TimeSpan.FromMinutes(minutesLater));
        // Twice, with finalizers between: what the first collection only finds dead is gone after the second.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalMemory(forceFullCollection: true)} {Environment.WorkingSet}");
    }

    private async Task<string> AskAsync(string question, CancellationToken stop)
    {
        await process.StandardInput.WriteLineAsync(question.AsMemory(), stop);
        await process.StandardInput.FlushAsync(stop);
        return await process.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException("The server has ended.");
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
