using System.Reflection;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>
/// What programs of others can use of the packages is written down, so that no change breaks them unseen: with <c>RVPSERVER_WRITE_REFERENCE=1</c> these tests
/// write it, without it they compare. A line that goes is a breaking change, which CHANGELOG.md must name.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("RVPSERVER_WRITE_REFERENCE") == "1";

    [Fact]
    public void The_clients_is_as_written_down() => Compare(typeof(RvpClient).Assembly, "src/Rvp.Client/PublicApi.txt");

    [Fact]
    public void The_protocols_is_as_written_down() => Compare(typeof(RvpUrl).Assembly, "src/Rvp.Protocol/PublicApi.txt");

    private static void Compare(Assembly assembly, string file)
    {
        var (path, text) = (Repository.PathOf(file), ApiText.Of(assembly));
        if (IsWriting) File.WriteAllText(path, text);
        Assert.Equal(text, File.Exists(path) ? File.ReadAllText(path) : "");
    }
}
