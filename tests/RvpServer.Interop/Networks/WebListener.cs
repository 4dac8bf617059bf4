using System.Diagnostics;

namespace RvpServer.Interop.Networks;

/// <summary>Something that answers on port 80 of a host, in place of a server.</summary>
internal sealed class WebListener : IAsyncDisposable
{
    private readonly Process process;

    private WebListener(Process process) => this.process = process;

    /// <summary>Returns when it listens.</summary>
    public static async Task<WebListener> StartAsync(Machine machine)
    {
        // Says that it serves when it does. There is no such folder: it answers 404 to all.
        var start = machine.Command("python3", "-u", "-m", "http.server", "--directory", "/nowhere", "80");
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(line is not null && line.StartsWith("Serving HTTP", StringComparison.Ordinal), $"python3 -m http.server: {line}");
        return new WebListener(process);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
