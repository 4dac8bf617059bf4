using System.Text.RegularExpressions;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Tests.Administration;

namespace RvpServer.Tests.Documents;

public sealed partial class AdministrationDocumentTests
{
    private static readonly string Text = Repository.Read("docs/administration.md");

    [Fact]
    public async Task The_document_has_every_operation_of_the_API_and_no_other()
    {
        await using var server = await TestServer.StartAsync();
        using var anybody = ApiUser.Of(server, null);

        var documented = Operations().Matches(Text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

        Assert.Equal(await RoleTests.DescribedAsync(anybody), documented);
    }

    [Fact]
    public void Every_command_that_the_document_names_parses()
    {
        var root = ServerCommandLine.Create(CommandFamilies.All, (_, _) => Task.FromResult(ExitCode.Done));
        var commands = Commands().Matches(Text).Select(match => match.Groups[1].Value.Trim()).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Empty(root.Parse(command).Errors));
    }

    [GeneratedRegex(@"^\| `((?:GET|POST|PUT|DELETE) /[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Operations();

    [GeneratedRegex("^rvpserver ([^#\n]*)", RegexOptions.Multiline)]
    private static partial Regex Commands();
}
