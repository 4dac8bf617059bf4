using Rvp.Testing;
using Rvp.Testing.Terminals;

namespace RvpServer.Interop.CommandLine;

/// <summary>The completion scripts in the shells that they are for. PowerShell is asked in RvpServer.Tests.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("rvp", "rvp con", "contacts")]
    [InlineData("rvp", "rvp contacts re", "remove")]
    [InlineData("rvp", "rvp --account JoBrown@adatum.com history --m", "--mark-read")]
    [InlineData("rvp", "rvp status on", "on-phone online")]
    [InlineData("rvp", "rvp send --wait ", "")]
    [InlineData("rvpserver", "rvpserver user pass", "passwd")]
    public async Task Bash_completes(string program, string line, string words)
    {
        var parts = line.Split(' ');
        var script = $". '{Repository.PathOf($"deploy/completion/{program}.bash")}'; COMP_WORDS=({string.Join(' ', parts.Select(part => $"'{part}'"))}); "
            + $"COMP_CWORD={parts.Length - 1}; compopt() {{ :; }}; _{program}; echo \"${{COMPREPLY[*]}}\"; complete -p {program}";

        Assert.Equal($"{words}\ncomplete -F _{program} {program}\n", await Commands.DoAsync("bash", ["-euc", script]));
    }

    [Theory]
    [InlineData("rvp", "rvp con", "contacts\tLists your contacts and what they are doing")]
    [InlineData("rvp", "rvp contacts re", "remove\tTakes people off the list")]
    [InlineData("rvp", "rvp --account JoBrown@adatum.com history --m", "--mark-read\tMark what is shown, and all before it, as read for all your devices")]
    [InlineData("rvp", "rvp status on-", "on-phone\tShows or sets what others see of you")]
    [InlineData("rvp", "rvp send --wait ", "")]
    [InlineData("rvpserver", "rvpserver user pass", "passwd\t")]
    public async Task Fish_completes(string program, string line, string words)
    {
        using var home = new TempFolder();
        var script = $"source '{Repository.PathOf($"deploy/completion/{program}.fish")}'; complete -C '{line}'";

        var said = await Commands.DoAsync("fish", ["--no-config", "-c", script], environment: new Dictionary<string, string> { ["HOME"] = home.Path });

        Assert.StartsWith(words, said, StringComparison.Ordinal);
        Assert.Equal(words.Length == 0 ? 0 : 1, said.Count(character => character == '\n'));
    }

    [Theory]
    [InlineData("rvp con\t", "% rvp contacts |")]
    [InlineData("rvp contacts re\t", "% rvp contacts remove |")]
    [InlineData("rvp --account JoBrown@adatum.com history --m\t", "% rvp --account JoBrown@adatum.com history --mark-read |")]
    [InlineData("rvp status on-\t", "% rvp status on-phone |")]
    [InlineData("rvpserver user pass\t", "% rvpserver user passwd |")]
    public async Task Zsh_completes(string typed, string line)
    {
        using var home = new TempFolder();
        home.Write(".zshrc", $"PROMPT='%% '; fpath=('{Repository.PathOf("deploy/completion")}' $fpath); autoload -Uz compinit; compinit -u -D\n");
        using var window = new PseudoTerminal(columns: 100, rows: 20);
        window.Start(new Dictionary<string, string> { ["HOME"] = home.Path, ["ZDOTDIR"] = home.Path }, "zsh", "-i");
        await window.ShowsCursor("% |");

        window.Types(typed);

        await window.ShowsCursor(line);
    }

    [Theory]
    [InlineData("bash", "rvp.bash")]
    [InlineData("zsh", "_rvp")]
    [InlineData("fish", "rvp.fish")]
    [InlineData("powershell", "rvp.ps1")]
    public async Task The_program_has_them_with_it(string shell, string file) =>
        Assert.Equal(Repository.Read($"deploy/completion/{file}"), await Commands.DoAsync("dotnet", [BuiltPrograms.CommandLineClient, "completion", shell]));
}
