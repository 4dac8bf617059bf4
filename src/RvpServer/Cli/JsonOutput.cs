using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RvpServer.Cli;

/// <summary>What <c>--json</c> prints, of every listing in one form.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Names are for reading; this never stands in HTML.
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Accepted by every listing.</summary>
    public static Option<bool> Option() => new("--json") { Description = "Prints JSON." };

    /// <summary>One document and a line end.</summary>
    public static void WriteJson<T>(this TextWriter output, T listing) => output.WriteLine(JsonSerializer.Serialize(listing, Options));
}
