using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Rvp.Testing;

namespace RvpServer.Tests.Deploy;

/// <summary>The scripts for Windows, read by PowerShell's own parser and looked over: they run on Windows alone, with PowerShell 5.1 and later.</summary>
public class WindowsScriptSyntaxTests
{
    // What PowerShell sets itself.
    private static readonly string[] Automatic = ["true", "false", "null", "_", "args", "PSCmdlet", "LASTEXITCODE", "ErrorActionPreference"];

    // PowerShell 5.1 knows none of these.
    private static readonly TokenKind[] Newer =
    [
        TokenKind.AndAnd, TokenKind.OrOr, TokenKind.QuestionMark, TokenKind.QuestionQuestion, TokenKind.QuestionQuestionEquals, TokenKind.QuestionDot,
        TokenKind.QuestionLBracket,
    ];

    public static TheoryData<string> Scripts =>
        [.. Directory.GetFiles(Repository.PathOf("deploy/windows"), "*.ps1").Select(file => "deploy/windows/" + Path.GetFileName(file))];

    public static TheoryData<string> Completions =>
        [.. Directory.GetFiles(Repository.PathOf("deploy/completion"), "*.ps1").Select(file => "deploy/completion/" + Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Scripts))]
    [MemberData(nameof(Completions))]
    public void PowerShell_understands_it(string script) => Assert.Equal([], MistakesOf(Repository.Read(script)));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void It_asks_for_an_administrator_and_for_the_PowerShell_that_Windows_has(string script)
    {
        var requirements = Parse(Repository.Read(script), out _, out _).ScriptRequirements;

        Assert.True(requirements.IsElevationRequired);
        Assert.Equal(new Version(5, 1), requirements.RequiredPSVersion);
    }

    [Theory]
    [InlineData("deploy/completion/rvp.ps1", "rvp con", "contacts")]
    [InlineData("deploy/completion/rvp.ps1", "rvp contacts ", "--account --connection --help --json --password-file --server add remove")]
    [InlineData("deploy/completion/rvp.ps1", "rvp --account JoBrown@adatum.com history --m", "--mark-read")]
    [InlineData("deploy/completion/rvp.ps1", "rvp status on", "on-phone online")]
    [InlineData("deploy/completion/rvpserver.ps1", "rvpserver user pass", "passwd")]
    public void It_completes(string script, string line, string words)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(Repository.Read(script)).Invoke();
        Assert.Empty(shell.Streams.Error);

        var found = CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches;

        Assert.Equal(words.Split(' '), found.Select(match => match.CompletionText).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("if ($true) {", "Missing closing '}' in statement block or type definition.")]
    [InlineData("$a = 1; Write-Output $b", "$b is used and never set")]
    [InlineData("gci C:\\", "gci is an alias, or no name as PowerShell has them")]
    [InlineData("Get-Date && Get-Date", "&& is not in PowerShell 5.1")]
    [InlineData("& sc.exe stop RvpServer", "sc.exe may fail unseen")]
    public void A_mistake_would_be_found(string text, string mistake) => Assert.Equal([mistake], MistakesOf(text));

    private static List<string> MistakesOf(string text)
    {
        var script = Parse(text, out var tokens, out var errors);
        List<string> mistakes = [.. errors.Select(error => error.Message)];
        if (mistakes.Count > 0) return mistakes;
        mistakes.AddRange(tokens.Where(token => Newer.Contains(token.Kind)).Select(token => token.Text + " is not in PowerShell 5.1"));

        var set = All<AssignmentStatementAst>(script).SelectMany(assignment => All<VariableExpressionAst>(assignment.Left))
            .Concat(All<ParameterAst>(script).Select(parameter => parameter.Name)).Concat(All<ForEachStatementAst>(script).Select(loop => loop.Variable))
            .Select(NameOf).Concat(Automatic).ToHashSet(StringComparer.OrdinalIgnoreCase);
        mistakes.AddRange(All<VariableExpressionAst>(script).Where(used => !used.VariablePath.IsDriveQualified).Select(NameOf)
            .Where(name => !set.Contains(name)).Distinct().Select(name => $"${name} is used and never set"));

        foreach (var command in All<CommandAst>(script))
        {
            // A name that is not written down is a parameter of the script's own Invoke-Native.
            if (command.GetCommandName() is not { } name) continue;
            if (name.EndsWith(".exe", StringComparison.Ordinal)) mistakes.AddRange(IsJudged(command) ? [] : [name + " may fail unseen"]);
            else if (!IsFull(name)) mistakes.Add(name + " is an alias, or no name as PowerShell has them");
        }
        return mistakes;
    }

    private static ScriptBlockAst Parse(string text, out Token[] tokens, out ParseError[] errors) => Parser.ParseInput(text, out tokens, out errors);

    private static IEnumerable<T> All<T>(Ast part)
        where T : Ast => part.FindAll(ast => ast is T, searchNestedScriptBlocks: true).Cast<T>();

    private static string NameOf(VariableExpressionAst variable) => variable.VariablePath.UserPath;

    private static bool IsFull(string name) =>
        name.Split('-') is [{ Length: > 2 } verb, { Length: > 2 } noun] && char.IsUpper(verb[0]) && char.IsUpper(noun[0]);

    // By the statement behind it.
    private static bool IsJudged(CommandAst command)
    {
        var statement = (StatementAst)command.Parent;
        var block = statement.Parent is StatementBlockAst inner ? inner.Statements : ((NamedBlockAst)statement.Parent).Statements;
        return block.SkipWhile(other => other != statement).Skip(1).FirstOrDefault() is IfStatementAst judged
            && judged.Extent.Text.Contains("$LASTEXITCODE", StringComparison.Ordinal);
    }
}
