using System.Reflection;
using System.Xml.Linq;
using NetArchTest.Rules;
using Rvp.Testing;

namespace RvpServer.Tests.Architecture;

/// <summary>Which part may know which: what the picture in docs/architecture.md says, kept so by the build.</summary>
public class DependencyTests
{
    /// <summary>Folders of the server; each may know those before it, and none behind it, so there is no cycle.</summary>
    private static readonly string[] Folders =
    [
        "Collections", "Network", "Runtime", "Nodes", "Configuration", "Dns", "Domains", "Storage", "Http", "Directories", "Outbound", "Authentication",
        "Administration", "Federation", "Delivery", "Web", "Home", "Cluster", "Requests", "Webhooks", "Push", "Admin", "Cli", "AdminConsole",
    ];

    private static readonly Assembly Server = typeof(ServerHost).Assembly;

    public static TheoryData<string> EachFolder => [.. Folders];

    [Fact]
    public void Every_folder_has_its_place_in_the_order() =>
        Assert.Equal(
            Folders.Order(StringComparer.Ordinal),
            Server.GetTypes().Select(type => type.Namespace ?? "").Where(name => name.StartsWith("RvpServer.", StringComparison.Ordinal))
                .Select(name => name.Split('.')[1]).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(EachFolder))]
    public void A_folder_knows_only_folders_before_it(string folder)
    {
        var behind = Folders[(Array.IndexOf(Folders, folder) + 1)..].Select(name => "RvpServer." + name).ToArray();

        // The types at the root, the composition root above all, name every part and may be named by none.
        AssertKnowsNone(folder, [.. behind, "RvpServer.ServerHost", "RvpServer.DemoAccounts"]);
    }

    [Theory]
    [InlineData("Requests", "Home", "Cluster", "Delivery", "Storage")]
    [InlineData("Web", "Home", "Cluster", "Delivery", "Storage")]
    [InlineData("Home", "Requests", "Authentication", "Http", "Web")]
    [InlineData("Delivery", "Directories", "Storage", "Home")]
    public void Both_sides_of_the_seam_know_nothing_of_each_other(string folder, params string[] others) =>
        AssertKnowsNone(folder, [.. others.Select(name => "RvpServer." + name)]);

    /// <summary>Everything else runs on either database, and alone or as one of several processes.</summary>
    [Theory]
    [InlineData("Microsoft.Data.Sqlite", "RvpServer.Storage.Sqlite")]
    [InlineData("Npgsql", "RvpServer.Storage.Postgres")]
    [InlineData("Orleans", "RvpServer.Cluster")]
    public void A_library_is_known_where_it_is_used(string library, string where) =>
        Assert.All(
            // What Orleans generates is in a namespace of its own.
            Types.InAssembly(Server).That().HaveDependencyOn(library).And().DoNotResideInNamespaceMatching("^OrleansCodeGen").GetTypes(),
            type => Assert.StartsWith(where + ".", type.FullName, StringComparison.Ordinal));

    [Fact]
    public void These_rules_see_what_they_forbid() => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertKnowsNone("Requests", ["RvpServer.Nodes"]));

    [Theory]
    [InlineData("Rvp.Protocol")]
    [InlineData("Rvp.Engine", "Rvp.Protocol")]
    [InlineData("Rvp.Ldap")]
    [InlineData("RvpServer", "Rvp.Client", "Rvp.Engine", "Rvp.Ldap")]
    [InlineData("Rvp.Client", "Rvp.Protocol")]
    [InlineData("Rvp.Cli", "Rvp.Client")]
    public void A_project_names_only_its_neighbours_below(string project, params string[] known) =>
        Assert.Equal(
            known,
            XDocument.Load(Repository.PathOf($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)));

    private static void AssertKnowsNone(string folder, string[] others)
    {
        var result = Types.InAssembly(Server).That().ResideInNamespaceMatching($@"^RvpServer\.{folder}(\.|$)")
            .ShouldNot().HaveDependencyOnAny(others).GetResult();

        Assert.Empty(result.FailingTypeNames ?? []);
    }
}
