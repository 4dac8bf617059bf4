using System.CommandLine;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;

namespace RvpServer.Tests.Configuration;

/// <summary>The secret that all servers of an organisation hold, from its making to what is made from it.</summary>
public sealed class OrganisationKeyTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_key_can_be_read_by_its_owner_alone_and_is_never_overwritten()
    {
        var file = folder.File("organisation.key");

        Assert.Equal(new Ran(0, $"{file} holds a new key.\n", ""), await MakeAsync(file));
        var text = await File.ReadAllTextAsync(file);
        var again = await MakeAsync(file);

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(1, again.Code);
        Assert.Contains("already exists", again.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public void Each_purpose_has_a_key_of_its_own_the_same_on_every_server()
    {
        folder.Write("organisation.key", OrganisationKey.Make() + "\n");

        var (here, there) = (Read(out _)!, Read(out _)!);

        Assert.Equal(here.Derive("passwords"), there.Derive("passwords"));
        Assert.NotEqual(here.Derive("passwords"), here.Derive("moves"));
        Assert.Equal(64, here.Derive("moves", 64).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not Base64")]
    [InlineData("c2hvcnQ=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_is_refused(string text)
    {
        folder.Write("organisation.key", text);

        Assert.Null(Read(out var lines));

        Assert.Equal(["Rvp:OrganisationKeyFile is \"organisation.key\": it holds no key: make one with rvpserver key new FILE, and copy it to every server"],
            lines);
    }

    private OrganisationKey? Read(out IReadOnlyList<string> lines)
    {
        var mistakes = new Mistakes();
        var key = OrganisationKey.Read("organisation.key", folder.Path, mistakes);
        lines = mistakes.Lines;
        return key;
    }

    private static Task<Ran> MakeAsync(string file) => Ran.InProcessAsync(new RootCommand { KeyCommand.Create() }.Parse(["key", "new", file]));
}
