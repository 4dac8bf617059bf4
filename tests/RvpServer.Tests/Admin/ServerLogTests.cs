using System.Text.Json;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Configuration;
using Serilog.Events;

namespace RvpServer.Tests.Admin;

public sealed class ServerLogTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_event_is_one_line_in_the_file_although_it_has_many()
    {
        var file = folder.File("server.log");
        folder.Write("rvp.json", Section("Information", file));
        var configuration = ConfigurationLoader.Load(folder.File("rvp.json"), "Test", folder.Path);
        using var disposed = configuration as IDisposable;

        await using (var log = ServerLog.Create(configuration)) log.Information(new InvalidOperationException("two\nlines"), "from {Address}", "a\r\nb");

        var line = Assert.Single(File.ReadAllLines(file));
        Assert.Equal("a\r\nb", JsonDocument.Parse(line).RootElement.GetProperty("Address").GetString());
    }

    [Fact]
    public async Task The_level_changes_without_a_restart()
    {
        var file = folder.File("server.log");
        var settings = folder.Write("rvp.json", Section("Warning", file));
        var configuration = ConfigurationLoader.Load(settings, "Test", folder.Path);
        using var disposed = configuration as IDisposable;
        await using var log = ServerLog.Create(configuration);
        Assert.False(log.IsEnabled(LogEventLevel.Information));

        folder.Write("rvp.json", Section("Debug", file));
        configuration.Reload();

        Assert.True(log.IsEnabled(LogEventLevel.Debug));
    }

    private static string Section(string level, string file) => $$"""
        { "Serilog": { "MinimumLevel": { "Default": "{{level}}" }, "WriteTo": [
          { "Name": "File", "Args": { "path": {{JsonSerializer.Serialize(file)}}, "formatter": "Serilog.Formatting.Compact.RenderedCompactJsonFormatter, Serilog.Formatting.Compact" } } ] } }
        """;
}
