using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;

namespace RvpServer.Tests.Documents;

public partial class InstallDocumentTests
{
    private static readonly string Text = Repository.Read("docs/install.md");

    [Fact]
    public void Every_key_that_the_document_names_exists()
    {
        var keys = Keys().Matches(Text).Select(match => match.Groups["path"].Value).Distinct().ToList();

        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.True(Exists(typeof(RvpOptions), key.Split(["__", ":"], StringSplitOptions.RemoveEmptyEntries)), key));
    }

    [Fact]
    public void Every_JSON_text_is_a_part_of_a_configuration_without_mistakes()
    {
        var texts = JsonTexts().Matches(Text).Select(match => match.Groups["json"].Value).ToList();

        var mistakes = new Mistakes();
        foreach (var text in texts)
        {
            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
            new OptionsReader(mistakes).Read<RvpOptions>(new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("Rvp"));
        }

        Assert.NotEmpty(texts);
        Assert.All(texts, text => Assert.Contains("Rvp", JsonDocument.Parse(text).RootElement.EnumerateObject().Select(property => property.Name)));
        Assert.Empty(mistakes.Lines);
    }

    [Fact]
    public void Every_command_that_the_document_names_parses()
    {
        var root = ServerCommandLine.Create(CommandFamilies.All, (_, _) => Task.FromResult(ExitCode.Done));
        var commands = Commands().Matches(Text).Select(match => match.Groups["arguments"].Value.Trim()).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Equal(command, command + string.Concat(root.Parse(command).Errors.Select(error => ": " + error.Message))));
    }

    [Fact]
    public void Every_file_that_the_document_points_to_exists()
    {
        var links = Links().Matches(Text).Select(match => Path.Combine("docs", match.Groups["file"].Value));
        var files = Files().Matches(Text).Select(match => match.Value).Concat(links).Distinct().ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(Path.Exists(Repository.PathOf(file)), file));
    }

    private static bool Exists(Type options, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) return true;
        var property = options.GetProperty(path[0]);
        return property is not null && (path.Length == 1 || (property.PropertyType.Namespace == options.Namespace && Exists(property.PropertyType, path[1..])));
    }

    [GeneratedRegex(@"\bRvp(?<path>(?:(?::|__)[A-Za-z0-9]+)+)")]
    private static partial Regex Keys();

    [GeneratedRegex("^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonTexts();

    /// <summary>At the beginning of a line or of a code span, without a shell's comments and redirections.</summary>
    [GeneratedRegex("(?:^|`|\\\\)rvpserver(?:\\.exe\")? (?<arguments>[a-z][^`\n#<]*)", RegexOptions.Multiline)]
    private static partial Regex Commands();

    [GeneratedRegex(@"\b(?:deploy|src)/[\w./-]*\w")]
    private static partial Regex Files();

    [GeneratedRegex(@"\]\((?<file>[\w./-]+)\)")]
    private static partial Regex Links();
}
