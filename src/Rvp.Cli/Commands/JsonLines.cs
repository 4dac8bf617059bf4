using System.Text.Json;

namespace Rvp.Cli.Commands;

/// <summary>JSON for scripts: one line, and everything except ASCII is escaped, so that text from strangers is harmless in a terminal too.</summary>
internal static class JsonLines
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static void WriteJson<T>(this TextWriter output, T value) => output.WriteLine(JsonSerializer.Serialize(value, Format));
}
