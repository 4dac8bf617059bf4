using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;
using Rvp.Cli;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>
/// docs/reference.md, the manual pages and the completion scripts are written from the programs themselves; with <c>RVPSERVER_WRITE_REFERENCE=1</c> these
/// tests write them, without it they compare.
/// </summary>
public sealed class ReferenceDocumentTests
{
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("RVPSERVER_WRITE_REFERENCE") == "1";

    private const BindingFlags Declared =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const string Exit = "0 done, 1 failed, 2 wrong usage";

    private static readonly Terminal Nowhere = new(TextReader.Null, TextWriter.Null, TextWriter.Null, _ => null);

    [Fact]
    public void The_reference_has_every_command_option_and_event() => Compare("docs/reference.md", Reference());

    [Fact]
    public void The_manual_page_of_the_server_has_every_command_and_option() =>
        Compare("deploy/man/rvpserver.1",
            CommandPages.Manual(CommandPages.OfServer, "rvpserver", Exit + "; of rvpserver run 3: another process has taken the database.",
                "rvp(1), and the documents of the project: docs/install.md"));

    [Fact]
    public void The_manual_page_of_the_client_has_every_command_and_option() =>
        Compare("deploy/man/rvp.1",
            CommandPages.Manual(ClientCommandLine.Create(Nowhere), "rvp", Exit + "; of rvp send --wait-delivered 3: the message waits.",
                "rvpserver(1), and the documents of the project: docs/rvp.md"));

    [Fact]
    public void The_completion_scripts_have_every_command_and_option()
    {
        Compare(new CompletionScripts(CommandPages.OfServer, "rvpserver"), "rvpserver");
        Compare(new CompletionScripts(ClientCommandLine.Create(Nowhere), "rvp"), "rvp");

        static void Compare(CompletionScripts scripts, string program)
        {
            ReferenceDocumentTests.Compare($"deploy/completion/{program}.bash", scripts.Bash());
            ReferenceDocumentTests.Compare($"deploy/completion/_{program}", scripts.Zsh());
            ReferenceDocumentTests.Compare($"deploy/completion/{program}.fish", scripts.Fish());
            ReferenceDocumentTests.Compare($"deploy/completion/{program}.ps1", scripts.PowerShell());
        }
    }

    private static string Reference() => new StringBuilder()
        .Append("# Reference\n\n")
        .Append("Written from the programs by `RVPSERVER_WRITE_REFERENCE=1 dotnet test tests/Rvp.Client.Tests --filter ReferenceDocumentTests`; ")
        .Append("a test compares. Keys: [configuration.md](configuration.md).\n")
        .Append("Metrics: [operations.md](operations.md). Answers: [protocol.md](protocol.md).\n\n")
        .Append("## Commands of `rvpserver`\n\n").Append(CommandPages.Markdown(CommandPages.OfServer, "rvpserver"))
        .Append("\n## Commands of `rvp`\n\n").Append(CommandPages.Markdown(ClientCommandLine.Create(Nowhere), "rvp"))
        .Append("\n## Events of the server's log\n\n| event | level | line |\n|---|---|---|\n")
        .Append(Events()).ToString();

    private static string Events() =>
        string.Concat(CommandPages.ServerTypes
            .SelectMany(type => type.GetMethods(Declared))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(line => $"| `{line.EventName}` | {line.Level} | {line.Message.Replace("|", "\\|", StringComparison.Ordinal)} |\n")
            .Distinct().Order(StringComparer.Ordinal));

    private static void Compare(string file, string text)
    {
        var path = Repository.PathOf(file);
        if (IsWriting) File.WriteAllText(path, text);
        Assert.Equal(text, File.Exists(path) ? File.ReadAllText(path) : "");
    }
}
