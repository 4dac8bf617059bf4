using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Rvp.Testing;

/// <summary>A line of the server's log.</summary>
/// <param name="Level">Information, Warning, Error …</param>
/// <param name="Message">What an operator reads.</param>
/// <param name="Event">The event's name; null where it has none.</param>
internal sealed record ServerLine(string Level, string Message, string? Event)
{
    public bool IsSerious => Level is "Warning" or "Error" or "Fatal";

    public override string ToString() => $"{Level} {Event}: {Message}";
}

/// <summary>
/// The real program as a process of its own, on loopback: it can be killed, stopped for a while, given a sick disk or another clock, and started again on
/// what it left. People named User0, User1 … have accounts.
/// </summary>
internal sealed class RealServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The build of this source. Another may be named, such as what deploy/publish makes: it is compiled ahead.</summary>
    public static readonly string Built = Environment.GetEnvironmentVariable("RVPSERVER_DLL")
        ?? typeof(RealServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Server").Value!;

    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string> environment;
    private readonly List<ServerLine> log = [];
    private readonly string configuration;
    private Process? process;

    private RealServer(Dictionary<string, string> environment)
    {
        this.environment = environment;
        if (environment.ContainsKey("Kestrel__Certificates__Default__Path")) SecurePort = FreePort.Take();
        configuration = folder.Write("rvpserver.json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Urls"] = Invariant($"http://127.0.0.1:{Port}") + (SecurePort is { } secure ? Invariant($";https://127.0.0.1:{secure}") : ""),
            ["Rvp"] = new Dictionary<string, object>
            {
                ["DataDirectory"] = DataFolder,
                ["VirtualServers"] = new[] { new { Name = "imhomeserver1", Domain = "im.adatum.com", HostNames = new[] { "im.adatum.com" } } },
                ["MailDomains"] = new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" },
                ["ProtocolLog"] = new { Directory = LogFolder },
                ["Admin"] = new { Url = Invariant($"http://127.0.0.1:{AdminPort}") },
            },
        }));
    }

    public int Port { get; } = FreePort.Take();

    /// <summary>Where it is reached with TLS; null: its environment names no certificate.</summary>
    public int? SecurePort { get; }

    public int AdminPort { get; } = FreePort.Take();

    public string Folder => folder.Path;

    /// <summary>The number of the process that runs.</summary>
    public int ProcessId => process!.Id;

    public string DataFolder => folder.File("data");

    public string LogFolder => folder.File("logs");

    /// <summary>The build that it is started from, the next time.</summary>
    public string Program { get; set; } = Built;

    /// <summary>The group that its process has, by which <see cref="Cuts"/> knows it; null: that of the tests. Another one takes root.</summary>
    public int? Group { get; init; }

    /// <summary>Whether somebody reads what it writes to its console.</summary>
    public bool ConsoleIsRead { get; set; } = true;

    /// <summary>Processor time used so far, user and kernel.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process!.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of its working set.</summary>
    public long WorkingSet
    {
        get
        {
            process!.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>The files that it has mapped into its memory, on Linux.</summary>
    public string Libraries => File.ReadAllText(Invariant($"/proc/{process!.Id}/maps"));

    /// <summary>Whether it runs.</summary>
    public bool Runs => process is { HasExited: false };

    /// <summary>What it has logged, all its lives.</summary>
    public IReadOnlyList<ServerLine> Log
    {
        get
        {
            lock (log) return [.. log];
        }
    }

    public string LogText => string.Join('\n', Log.TakeLast(40));

    /// <summary>Makes one with accounts; it does not run yet.</summary>
    /// <param name="people">How many accounts.</param>
    /// <param name="environment">Variables of the process, such as settings as <c>Rvp__Presence__StateLease</c>.</param>
    /// <param name="group">See <see cref="Group"/>.</param>
    /// <param name="program">The build that it is started from; null: this one.</param>
    public static async Task<RealServer> MakeAsync(
        int people, Dictionary<string, string>? environment = null, int? group = null, string? program = null)
    {
        var server = new RealServer(environment ?? []) { Group = group, Program = program ?? Built };
        if (people == 0) return server;
        var rows = Enumerable.Range(0, people).Select(i => Invariant($"User{i}@adatum.com,User {i},imhomeserver1,{TestServer.Password}\n"));
        using var import = server.BeginCommand("user", "import", "-");
        var ran = await EndCommandAsync(import, "address,display,home,password\n" + string.Concat(rows), Patience + (people * TimeSpan.FromMilliseconds(5)));
        return ran.Code == 0 ? server : throw new InvalidOperationException(ran.Out + ran.Error);
    }

    /// <summary>Makes and starts one.</summary>
    public static async Task<RealServer> StartAsync(int people, Dictionary<string, string>? environment = null)
    {
        var server = await MakeAsync(people, environment);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        BeginStart();
        await Deadline.Until(
            async () => process!.HasExited
                ? throw new InvalidOperationException($"The server has ended with exit code {process.ExitCode}. Its log:\n{LogText}")
                : await ReadyAsync() == 200,
            "a server that is ready", () => LogText, Patience);
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public void BeginStart()
    {
        var start = Start("run");
        if (Group is { } group)
        {
            // The process itself, and not a child of it.
            foreach (var argument in (string[])[start.FileName, "--clear-groups", Invariant($"{group}"), "--regid"]) start.ArgumentList.Insert(0, argument);
            start.FileName = "setpriv";
        }
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        process = Process.Start(start)!;
        if (!ConsoleIsRead) return;
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What /readyz answers; 0: nothing.</summary>
    public async Task<int> ReadyAsync()
    {
        try
        {
            return (await RawConnection.AskAsync(AdminPort, "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).Status;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return 0;
        }
    }

    /// <summary>Runs one of the program's commands beside the server, with its sound disk and clock.</summary>
    public async Task<Ran> CommandAsync(string input, params string[] command)
    {
        using var running = BeginCommand(command);
        return await EndCommandAsync(running, input);
    }

    /// <summary>Starts another server on the same data, at other ports.</summary>
    public Process BeginSecond() => Begin(["run"], new() { ["Urls"] = "http://127.0.0.1:0", ["Rvp__Admin__Url"] = "http://127.0.0.1:0" });

    /// <summary>Starts one of the program's commands.</summary>
    public Process BeginCommand(params string[] command) => Begin(command, []);

    /// <summary>The same with variables of its own.</summary>
    public Process BeginCommand(Dictionary<string, string> more, params string[] command) => Begin(command, more);

    /// <summary>Runs the program in another folder, without this server's configuration.</summary>
    public async Task<Ran> BareAsync(string workingFolder, params string[] command)
    {
        var start = Start(command);
        start.ArgumentList.RemoveAt(start.ArgumentList.Count - 1);
        start.ArgumentList.RemoveAt(start.ArgumentList.Count - 1);
        start.WorkingDirectory = workingFolder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var running = Process.Start(start)!;
        return await EndCommandAsync(running, "");
    }

    /// <summary>Gives it its input and waits for its end.</summary>
    public static async Task<Ran> EndCommandAsync(Process command, string input, TimeSpan? within = null)
    {
        var output = command.StandardOutput.ReadToEndAsync();
        var error = command.StandardError.ReadToEndAsync();
        try
        {
            await command.StandardInput.WriteAsync(input);
            command.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended, or was ended, before it read.
        }
        await command.WaitForExitAsync().WaitAsync(within ?? Patience);
        return new Ran(command.ExitCode, await output, await error);
    }

    /// <summary>SIGKILL: it has no chance to write anything more.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.Dispose();
        process = null;
    }

    /// <summary>Waits until it has ended by itself; gives the exit code.</summary>
    public async Task<int> EndAsync(TimeSpan within)
    {
        await process!.WaitForExitAsync().WaitAsync(within);
        return process.ExitCode;
    }

    /// <summary>SIGSTOP, as a snapshot or a migration of a virtual machine does it.</summary>
    public Task StopForAWhileAsync() => SignalAsync("STOP");

    /// <summary>SIGTERM, as a service manager stops it; gives the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        var code = await EndAsync(Patience);
        process!.Dispose();
        process = null;
        return code;
    }

    /// <summary>SIGCONT.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await KillAsync();
        folder.Dispose();
    }

    private Process Begin(string[] command, Dictionary<string, string> more)
    {
        var start = Start(command);
        start.Environment.Remove("LD_PRELOAD");
        foreach (var (name, value) in more) start.Environment[name] = value;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return Process.Start(start)!;
    }

    private Task SignalAsync(string signal) => Signal.SendAsync(signal, process!.Id);

    private ProcessStartInfo Start(params string[] command)
    {
        if (!File.Exists(Program)) throw new InvalidOperationException($"{Program} is missing: build the solution first.");
        // One with the runtime in it is a program of its own.
        string[] program = Path.HasExtension(Program) ? ["dotnet", Program] : [Program];
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. command, "--config", configuration])
        {
            // No appsettings.json of a developer's is here, which would be read under the test's own configuration.
            WorkingDirectory = folder.Path,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    private void Note(string? text)
    {
        if (text is null) return;
        ServerLine line;
        try
        {
            using var json = JsonDocument.Parse(text);
            string? Find(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
            var name = json.RootElement.TryGetProperty("EventId", out var id) && id.TryGetProperty("Name", out var given) ? given.GetString() : null;
            line = new ServerLine(Find("@l") ?? "Information", Find("@m") ?? text, name);
        }
        catch (JsonException)
        {
            line = new ServerLine("Error", text, null);
        }
        lock (log) log.Add(line);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
