using System.Diagnostics;
using System.Globalization;

namespace RvpServer.Interop;

/// <summary>The real program as a process of its own, with a folder and a configuration of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rvpserver-interop-");
    private readonly Arrivals<string> _log = new();
    private readonly Machine _machine;
    private readonly string _adminUrl;
    private Process? _process;

    /// <param name="machine">Where it runs.</param>
    /// <param name="adminUrl">Rvp:Admin:Url of the configuration.</param>
    /// <param name="configuration">Makes the configuration, given the folder where the server may write.</param>
    public ServerProcess(Machine machine, string adminUrl, Func<string, string> configuration)
    {
        _machine = machine;
        _adminUrl = adminUrl;
        File.WriteAllText(ConfigurationFile, configuration(_folder.FullName));
    }

    public string Log => _log.Print();

    public string Folder => _folder.FullName;

    public async Task StartAsync()
    {
        _process = Start("run", "--config", ConfigurationFile);
        Listen(_process);
        await WaitUntilReadyAsync(_process);
    }

    /// <summary>Runs one of the program's commands to its end, which must be a good one.</summary>
    public async Task CommandAsync(string input, params string[] command)
    {
        using Process process = Start([.. command, "--config", ConfigurationFile]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: exit code {process.ExitCode}\n{await output}{await errors}");
    }

    /// <summary>SIGKILL: the process has no chance to write anything more.</summary>
    public async Task KillAsync()
    {
        Process process = Running;
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        process.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM, as a service manager sends it; gives the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan deadline)
    {
        Process process = Running;
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync().WaitAsync(deadline);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private string ConfigurationFile => Path.Combine(_folder.FullName, "rvpserver.json");

    private Process Running => _process ?? throw new InvalidOperationException("The server does not run.");

    private Process Start(params string[] arguments)
    {
        Assert.True(File.Exists(BuiltPrograms.Server), $"{BuiltPrograms.Server} is missing: build the solution first.");
        ProcessStartInfo start = _machine.Command("dotnet", [BuiltPrograms.Server, .. arguments]);
        // The working directory is empty, so that no appsettings.json of a developer layers under the test's own.
        start.WorkingDirectory = _folder.FullName;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        return Process.Start(start)!;
    }

    private void Listen(Process process)
    {
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            _log.Add(line);
        }
    }

    private async Task WaitUntilReadyAsync(Process process)
    {
        var waited = Stopwatch.StartNew();
        string last = "nothing";
        while (waited.Elapsed < Deadline && !process.HasExited)
        {
            // From where the server runs: its Admin URL is on loopback.
            (int exitCode, string answer, string errors) = await _machine.RunAsync(
                "curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "5", $"{_adminUrl}/readyz");
            if (exitCode == 0)
            {
                return;
            }

            last = answer + errors;
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        string end = process.HasExited ? $"it ended with exit code {process.ExitCode}" : $"/readyz says {last}";
        throw new DeadlineException($"The server is not ready: {end}. Its log:\n{Log}");
    }
}
