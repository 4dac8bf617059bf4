using System.Text.Json;
using System.Xml.Linq;
using Rvp.Testing;

namespace RvpServer.Tests.Deploy;

public class DockerfileTests
{
    private static readonly (string Name, string Arguments)[] Instructions = Parse(Repository.ReadLines("deploy/docker/Dockerfile"));

    [Fact]
    public void Everything_copied_from_the_repository_exists_and_is_not_ignored()
    {
        string[] kept = [.. Repository.ReadLines("deploy/docker/Dockerfile.dockerignore")
            .Where(l => l.StartsWith('!')).Select(l => l[1..])];

        string[] sources = [.. Instructions.Where(i => i.Name == "COPY" && !i.Arguments.StartsWith("--from=", StringComparison.Ordinal))
            .SelectMany(i => i.Arguments.Split(' ')[..^1]).Select(s => s.TrimEnd('/'))];

        Assert.NotEmpty(sources);
        Assert.All(sources, s => Assert.True(Path.Exists(Repository.PathOf(s)), $"COPY of {s}, which is not there"));
        Assert.Equal(kept.Order(StringComparer.Ordinal), sources.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_copied_between_stages_comes_from_a_stage_of_this_file()
    {
        string[] stages = [.. Instructions.Where(i => i.Name == "FROM" && i.Arguments.Contains(" AS ", StringComparison.Ordinal))
            .Select(i => i.Arguments.Split(" AS ")[1])];

        Assert.All(
            Instructions.Where(i => i.Name == "COPY" && i.Arguments.StartsWith("--from=", StringComparison.Ordinal)),
            i => Assert.Contains(i.Arguments.Split(' ')[0]["--from=".Length..], stages));
    }

    [Fact]
    public void The_container_does_not_run_as_root()
    {
        var user = Instructions.Last(i => i.Name == "USER").Arguments;

        Assert.DoesNotContain(user.Split(':')[0], new[] { "root", "0" });
        Assert.True(
            Array.FindLastIndex(Instructions, i => i.Name == "USER") > Array.FindLastIndex(Instructions, i => i.Name == "FROM"),
            "USER belongs into the last stage");
    }

    [Fact]
    public void The_port_of_RVP_is_exposed() => Assert.Equal(["80"], Instructions.Where(i => i.Name == "EXPOSE").Select(i => i.Arguments));

    [Fact]
    public void Base_images_are_of_the_projects_framework()
    {
        var framework = Assert.Single(Repository.ReadLines("Directory.Build.props"), l => l.Contains("<TargetFramework>", StringComparison.Ordinal));
        var version = framework.Trim()["<TargetFramework>net".Length..^"</TargetFramework>".Length];

        Assert.All(Instructions.Where(i => i.Name == "FROM"), i => Assert.Contains($":{version}", i.Arguments, StringComparison.Ordinal));
    }

    /// <summary>The SDK makes it of the project's properties, without Docker.</summary>
    [Fact]
    public void The_image_that_the_SDK_makes_is_the_same()
    {
        var project = XDocument.Load(Repository.PathOf("src/RvpServer/RvpServer.csproj"));
        string Property(string name) => Assert.Single(project.Descendants(name)).Value;
        string[] Items(string name) => [.. project.Descendants(name).Select(item => $"{item.Attribute("Include")!.Value}={item.Attribute("Value")?.Value}")];

        Assert.Equal(Instructions.Last(i => i.Name == "FROM").Arguments, Property("ContainerBaseImage"));
        Assert.Equal(Instructions.Last(i => i.Name == "USER").Arguments, Property("ContainerUser"));
        Assert.Equal(Instructions.Where(i => i.Name == "EXPOSE").Select(i => i.Arguments + "="), Items("ContainerPort"));
        Assert.Equal(
            Instructions.Single(i => i.Name == "ENV").Arguments.Replace("\"\"", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Items("ContainerEnvironmentVariable"));
        Assert.Equal(
            JsonSerializer.Deserialize<string[]>(Instructions.Single(i => i.Name == "CMD").Arguments),
            Assert.Single(Items("ContainerDefaultArgs")).TrimEnd('=').Split(';'));
    }

    [Fact]
    public void The_program_is_started_directly_so_that_it_gets_SIGTERM()
    {
        Assert.Equal("""["dotnet", "rvpserver.dll"]""", Assert.Single(Instructions, i => i.Name == "ENTRYPOINT").Arguments);
        Assert.StartsWith("[\"run\"", Assert.Single(Instructions, i => i.Name == "CMD").Arguments, StringComparison.Ordinal);
    }

    private static (string Name, string Arguments)[] Parse(string[] lines)
    {
        var text = string.Join('\n', lines.Where(l => !l.StartsWith('#'))).Replace("\\\n", "", StringComparison.Ordinal);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', 2)).Select(p => (p[0], p[1].Trim()))];
    }
}
