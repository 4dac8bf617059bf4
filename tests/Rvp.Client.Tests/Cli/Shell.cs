using Rvp.Cli;
using Rvp.Client.Tests.Cli.Terminals;
using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

/// <summary>Runs <c>rvp</c> in an environment of its own.</summary>
internal sealed class Shell
{
    private readonly Dictionary<string, string> environment;

    public Shell(Home home, string account)
    {
        Folder = home.MakeFolder();
        environment = new()
        {
            ["XDG_CONFIG_HOME"] = Folder,
            ["RVP_ACCOUNT"] = account,
            ["RVP_PASSWORD"] = TestServer.Password,
            ["RVP_SERVER"] = $"http://127.0.0.1:{home.Server.Port}",
        };
    }

    public string Folder { get; }

    public string AccountFile => Path.Combine(Folder, "rvp", "account.json");

    /// <summary>The variables that <c>rvp</c> finds, for a process of its own.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

    public void Unset(string variable) => environment.Remove(variable);

    public void Set(string variable, string value) => environment[variable] = value;

    /// <summary>Runs to the end: exit code, standard output, standard error.</summary>
    public Task<Ran> Run(string input, params string[] arguments) => Run(input, TimeProvider.System, arguments);

    /// <summary>The same by another clock.</summary>
    public Task<Ran> Run(string input, TimeProvider clock, params string[] arguments) => Ran.InProcessAsync((output, error) =>
    {
        var terminal = new Terminal(new StringReader(input), output, error, environment.GetValueOrDefault) { Clock = clock };
        var running = ClientCommandLine.RunAsync(arguments, terminal, CancellationToken.None);
        return Deadline.For(running, "rvp to end", () => output + "" + error, TimeSpan.FromSeconds(30));
    });

    /// <summary>Runs with these streams until stopped.</summary>
    public Task<int> Run(TextReader input, TextWriter output, CancellationToken stop, params string[] arguments) =>
        ClientCommandLine.RunAsync(arguments, new Terminal(input, output, output, environment.GetValueOrDefault), stop);

    /// <summary>Runs on a terminal that can be drawn on.</summary>
    public Task<int> Run(FakeScreen screen, TimeProvider clock, params string[] arguments)
    {
        var terminal = new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, environment.GetValueOrDefault) { Screen = screen, Clock = clock };
        return ClientCommandLine.RunAsync(arguments, terminal, CancellationToken.None);
    }
}

/// <summary>Output of a program that still runs.</summary>
internal sealed class Lines : StringWriter
{
    private readonly Lock gate = new();

    public Lines() => NewLine = "\n";

    public override void Write(char value)
    {
        lock (gate) base.Write(value);
    }

    public override void Write(string? value)
    {
        lock (gate) base.Write(value);
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override string ToString()
    {
        lock (gate) return base.ToString();
    }

    /// <summary>Waits until this has been written.</summary>
    public Task Shows(string text) => Deadline.Until(() => ToString().Contains(text, StringComparison.Ordinal), text, ToString);
}

/// <summary>Input that a test types line by line.</summary>
internal sealed class Keyboard : TextReader
{
    private readonly System.Threading.Channels.Channel<string> lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

    public void Types(string line) => lines.Writer.TryWrite(line);

    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) => await lines.Reader.ReadAsync(cancellationToken);
}
