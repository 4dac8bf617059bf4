using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;

namespace RvpServer.Configuration;

/// <summary>
/// One of several JSON files. A list in a file on top replaces this file's list as a whole: the framework would merge them item by item, and an administrator's
/// own virtual server would get the host names of the example below it.
/// </summary>
internal sealed class JsonLayer : JsonConfigurationSource
{
    private const string VirtualServers = "Rvp:VirtualServers";
    private const string MailDomains = "Rvp:MailDomains";
    private const string Domains = "Rvp:Domains";

    private readonly IReadOnlyList<string> replaced;

    private JsonLayer(IReadOnlyList<string> replaced) => this.replaced = replaced;

    public static JsonLayer Of(string file, IReadOnlyList<string> replaced, bool watch)
    {
        var layer = new JsonLayer(replaced) { Path = file, ReloadOnChange = watch };
        layer.ResolveFileProvider();
        return layer;
    }

    /// <summary>The keys of the lists in a file. A list of virtual servers also replaces what refers to them.</summary>
    public static IReadOnlyList<string> ListsIn(string file)
    {
        var alone = new ConfigurationBuilder().Add(Of(file, [], watch: false));
        var root = BuildRoot(alone);
        using var disposed = root as IDisposable;
        var lists = root.AsEnumerable().Select(pair => ListOf(pair.Key, pair.Value)).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (lists.Contains(VirtualServers, StringComparer.OrdinalIgnoreCase)) lists.AddRange([MailDomains, Domains]);
        return lists;
    }

    /// <summary>Builds, and converts an error in a file into one line.</summary>
    public static IConfigurationRoot BuildRoot(IConfigurationBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (InvalidDataException e) when (e.InnerException is ConfigurationException mistake)
        {
            throw mistake;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([e.GetBaseException().Message.ReplaceLineEndings(" ")]);
        }
    }

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new Provider(this);
    }

    private static string? ListOf(string key, string? value)
    {
        var parts = key.Split(':');
        var index = Array.FindIndex(parts, p => p.All(char.IsAsciiDigit));
        if (index > 0) return string.Join(':', parts[..index]);
        // An empty list is read as an empty text.
        return value is "" ? key : null;
    }

    private sealed class Provider(JsonLayer layer) : JsonConfigurationProvider(layer)
    {
        public override void Load(Stream stream)
        {
            try
            {
                base.Load(stream);
            }
            catch (FormatException e)
            {
                throw new ConfigurationException([Describe(e)]);
            }
            foreach (var key in Data.Keys.Where(key => layer.replaced.Any(list => key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase))).ToArray())
            {
                Data.Remove(key);
            }
        }

        private string Describe(FormatException e)
        {
            var file = layer.FileProvider?.GetFileInfo(layer.Path!).PhysicalPath ?? layer.Path;
            if (e.GetBaseException() is not JsonException json) return $"{file} cannot be used: {e.Message}";
            // After " LineNumber:" the message repeats, counted from 0, what we print counted from 1.
            var message = json.Message.Split(" LineNumber:")[0];
            return $"{file} is no JSON: line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}: {message}";
        }
    }
}
