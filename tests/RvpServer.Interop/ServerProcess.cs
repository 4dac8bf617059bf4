using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Interop;

/// <summary>The real program as a process of its own, with a folder and a configuration of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder folder = new();
    private readonly Arrivals<string> log = new();
    private readonly Machine machine;
    private readonly string adminUrl;
    private readonly string configurationFile;
    private Process? process;
    private TaskCompletionSource listening = new();

    /// <param name="machine">Where it runs.</param>
    /// <param name="adminUrl">Rvp:Admin:Url of the configuration.</param>
    /// <param name="configuration">Makes the configuration, given the folder where the server may write.</param>
    public ServerProcess(Machine machine, string adminUrl, Func<TempFolder, string> configuration)
    {
        this.machine = machine;
        this.adminUrl = adminUrl;
        configurationFile = folder.Write("rvpserver.json", configuration(folder));
    }

    public string Log => log.Print();

    public string Folder => folder.Path;

    public async Task StartAsync()
    {
        var start = Program("run");
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WaitUntilReadyAsync(process);
    }

    /// <summary>Runs one of the program's commands to its end, which must be a good one.</summary>
    public async Task CommandAsync(string input, params string[] command) =>
        Commands.OutputOf(string.Join(' ', command), await Commands.RunAsync(Program(command), input + "\n"));

    /// <summary>Runs one of the program's commands to its end, whether it succeeds or not.</summary>
    public Task<Ran> TryAsync(params string[] command) => Commands.RunAsync(Program(command));

    /// <summary>The process id.</summary>
    public int Id => Running.Id;

    /// <summary>Waits until the process has ended by itself; gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await Running.WaitForExitAsync().WaitAsync(Patience);
        var code = Running.ExitCode;
        process = null;
        return code;
    }

    /// <summary>SIGKILL: the process has no chance to write anything more.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await Running.WaitForExitAsync().WaitAsync(Patience);
        Running.Dispose();
        process = null;
    }

    /// <summary>SIGTERM, as a service manager sends it; gives the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan deadline)
    {
        await Commands.DoAsync("kill", ["-TERM", Running.Id.ToString(CultureInfo.InvariantCulture)]);
        await Running.WaitForExitAsync().WaitAsync(deadline);
        return Running.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await KillAsync();
        folder.Dispose();
    }

    private Process Running => process ?? throw new InvalidOperationException("The server does not run.");

    private ProcessStartInfo Program(params string[] command)
    {
        Assert.True(File.Exists(BuiltPrograms.Server), $"{BuiltPrograms.Server} is missing: build the solution first.");
        var start = machine.Command("dotnet", [BuiltPrograms.Server, .. command, "--config", configurationFile]);
        // The working directory has no appsettings.json of a developer's, which would be read under the test's own configuration.
        start.WorkingDirectory = folder.Path;
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        return start;
    }

    private void Note(string? line)
    {
        if (line is null) return;
        log.Add(line);
        if (line.Contains("\"AdminStarted\"", StringComparison.Ordinal)) listening.TrySetResult();
    }

    private async Task WaitUntilReadyAsync(Process process)
    {
        var last = new Ran(0, "nothing", "");
        // Before that there is nobody to ask, and a program that asks takes from the server the time that it needs to start.
        await Task.WhenAny(listening.Task, process.WaitForExitAsync(), Task.Delay(Patience));
        await Deadline.Until(
            async () =>
            {
                if (process.HasExited) throw new InvalidOperationException($"The server has ended with exit code {process.ExitCode}. Its log:\n{Log}");
                // From where the server runs: its Admin URL is on loopback.
                last = await machine.RunAsync("curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "5", $"{adminUrl}/readyz");
                return last.Code == 0;
            },
            "a server that is ready", () => $"/readyz says {last.Out}{last.Error}. The server's log:\n{Log}", Patience);
    }
}
