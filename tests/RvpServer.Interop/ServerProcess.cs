using System.Diagnostics;
using System.Globalization;

namespace RvpServer.Interop;

/// <summary>The real program as a process of its own, with a folder and a configuration of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rvpserver-interop-");
    private readonly Arrivals<string> log = new();
    private readonly Machine machine;
    private readonly string adminUrl;
    private Process? process;

    /// <param name="machine">Where it runs.</param>
    /// <param name="adminUrl">Rvp:Admin:Url of the configuration.</param>
    /// <param name="configuration">Makes the configuration, given the folder where the server may write.</param>
    public ServerProcess(Machine machine, string adminUrl, Func<string, string> configuration)
    {
        this.machine = machine;
        this.adminUrl = adminUrl;
        File.WriteAllText(ConfigurationFile, configuration(folder.FullName));
    }

    public string Log => log.Print();

    public string Folder => folder.FullName;

    public async Task StartAsync()
    {
        process = Start("run", "--config", ConfigurationFile);
        Listen(process);
        await WaitUntilReadyAsync(process);
    }

    /// <summary>Runs one of the program's commands to its end, which must be a good one.</summary>
    public async Task CommandAsync(string input, params string[] command)
    {
        using Process program = Start([.. command, "--config", ConfigurationFile]);
        Task<string> output = program.StandardOutput.ReadToEndAsync();
        Task<string> errors = program.StandardError.ReadToEndAsync();
        await program.StandardInput.WriteLineAsync(input);
        program.StandardInput.Close();
        await program.WaitForExitAsync().WaitAsync(Deadline);
        Assert.True(program.ExitCode == 0, $"{string.Join(' ', command)}: exit code {program.ExitCode}\n{await output}{await errors}");
    }

    /// <summary>SIGKILL: the process has no chance to write anything more.</summary>
    public async Task KillAsync()
    {
        Process running = Running;
        running.Kill();
        await running.WaitForExitAsync().WaitAsync(Deadline);
        running.Dispose();
        process = null;
    }

    /// <summary>SIGTERM, as a service manager sends it; gives the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan deadline)
    {
        Process running = Running;
        using (Process kill = Process.Start("kill", ["-TERM", running.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await running.WaitForExitAsync().WaitAsync(deadline);
        return running.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
            running.Dispose();
        }

        folder.Delete(recursive: true);
    }

    private string ConfigurationFile => Path.Combine(folder.FullName, "rvpserver.json");

    private Process Running => process ?? throw new InvalidOperationException("The server does not run.");

    private Process Start(params string[] arguments)
    {
        Assert.True(File.Exists(BuiltPrograms.Server), $"{BuiltPrograms.Server} is missing: build the solution first.");
        ProcessStartInfo start = machine.Command("dotnet", [BuiltPrograms.Server, .. arguments]);
        // The working directory is empty, so that no appsettings.json of a developer layers under the test's own.
        start.WorkingDirectory = folder.FullName;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        return Process.Start(start)!;
    }

    private void Listen(Process started)
    {
        started.OutputDataReceived += (_, e) => Note(e.Data);
        started.ErrorDataReceived += (_, e) => Note(e.Data);
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            log.Add(line);
        }
    }

    private async Task WaitUntilReadyAsync(Process process)
    {
        var waited = Stopwatch.StartNew();
        string last = "nothing";
        while (waited.Elapsed < Deadline && !process.HasExited)
        {
            // From where the server runs: its Admin URL is on loopback.
            (int exitCode, string answer, string errors) = await machine.RunAsync(
                "curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "5", $"{adminUrl}/readyz");
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
