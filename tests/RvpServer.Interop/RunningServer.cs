using System.Diagnostics;
using System.Globalization;

namespace RvpServer.Interop;

/// <summary>
/// The real program as a process of its own, with a folder, a configuration and a loopback address of its own. Pidgin's plugin
/// knows no port but 80 and, without DNS, no host but the address's domain: so the loopback address is the IM domain too.
/// </summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string JoPassword = "Jo-Word-1";
    public const string KariPassword = "Kari-Word-1";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rvpserver-interop-");
    private readonly Arrivals<string> _log = new();
    private readonly string _configuration;
    private Process? _process;

    private RunningServer(string domain, string authentication)
    {
        Domain = domain;
        _configuration = Path.Combine(_folder.FullName, "rvpserver.json");
        File.WriteAllText(_configuration, Configuration(authentication));
    }

    /// <summary>The loopback address, which is also the IM domain.</summary>
    public string Domain { get; }

    public string Log => _log.Print();

    public string AddressOf(string account) => $"{account}@{Domain}";

    public string UrlOf(string account) => $"http://{Domain}/instmsg/aliases/{account}";

    /// <summary>Starts a server that hosts JoBrown and KariHensien.</summary>
    /// <param name="domain">A loopback address that no other test class uses.</param>
    /// <param name="authentication">The section Rvp:Authentication, as JSON.</param>
    public static async Task<RunningServer> StartAsync(string domain, string authentication)
    {
        var server = new RunningServer(domain, authentication);
        try
        {
            await server.AddUserAsync("JoBrown", "Jo Brown", JoPassword);
            await server.AddUserAsync("KariHensien", "Kari Hensien", KariPassword);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync()
    {
        _process = Start("run", "--config", _configuration);
        Listen(_process);
        await WaitUntilReadyAsync(_process);
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

    private Process Running => _process ?? throw new InvalidOperationException("The server does not run.");

    private string AdminUrl => $"http://{Domain}:8081";

    private string Configuration(string authentication) => $$"""
        {
          "Urls": "http://{{Domain}}:80",
          "Rvp": {
            "DataDirectory": "{{Path.Combine(_folder.FullName, "data")}}",
            "VirtualServers": [ { "Name": "imhomeserver1", "Role": "Home", "Domain": "{{Domain}}", "HostNames": ["{{Domain}}"] } ],
            "MailDomains": { "{{Domain}}": "{{Domain}}" },
            "Authentication": {{authentication}},
            "Admin": { "Url": "{{AdminUrl}}" }
          }
        }
        """;

    private async Task AddUserAsync(string account, string displayName, string password)
    {
        using Process command = Start(
            "user", "add", AddressOf(account), "--display", displayName, "--password-stdin", "--config", _configuration);
        await command.StandardInput.WriteLineAsync(password);
        command.StandardInput.Close();
        Task<string> output = command.StandardOutput.ReadToEndAsync();
        Task<string> errors = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync().WaitAsync(Deadline);
        Assert.True(command.ExitCode == 0, $"user add {account}: exit code {command.ExitCode}\n{await output}{await errors}");
    }

    private Process Start(params string[] arguments)
    {
        Assert.True(File.Exists(BuiltPrograms.Server), $"{BuiltPrograms.Server} is missing: build the solution first.");
        // The working directory is empty, so that no appsettings.json of a developer layers under the test's own.
        var start = new ProcessStartInfo("dotnet", [BuiltPrograms.Server, .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var waited = Stopwatch.StartNew();
        string last = "nothing";
        while (waited.Elapsed < Deadline && !process.HasExited)
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri($"{AdminUrl}/readyz"));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                last = $"{(int)answer.StatusCode}";
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                last = e.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        string end = process.HasExited ? $"it ended with exit code {process.ExitCode}" : $"/readyz says {last}";
        throw new DeadlineException($"The server is not ready: {end}. Its log:\n{Log}");
    }
}
