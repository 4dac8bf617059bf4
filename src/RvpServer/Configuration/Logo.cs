using System.Xml;

namespace RvpServer.Configuration;

/// <summary>A picture for the web client.</summary>
/// <param name="Bytes">The content of its file.</param>
/// <param name="IsSvg">SVG; otherwise PNG.</param>
internal sealed record Logo(byte[] Bytes, bool IsSvg)
{
    /// <summary>The largest file: every visitor loads it, and a logo that is drawn has a few kB.</summary>
    public const int MaxBytes = 262_144;

    private const string SvgNamespace = "http://www.w3.org/2000/svg";

    // Drawing programs write a DOCTYPE, which says nothing that is needed here.
    private static readonly XmlReaderSettings Reading = new()
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        MaxCharactersFromEntities = MaxBytes,
        MaxCharactersInDocument = MaxBytes,
    };

    /// <summary>Reads it; null, with a mistake, if it cannot be used.</summary>
    public static Logo? Read(string key, string path, string baseFolder, Mistakes mistakes)
    {
        var file = Path.Combine(baseFolder, path);
        try
        {
            var length = new FileInfo(file).Length;
            if (length > MaxBytes)
            {
                mistakes.Add(key, path, $"the picture has {length} bytes, and at most {MaxBytes} can be used: save it smaller, or draw it as SVG");
                return null;
            }
            var bytes = File.ReadAllBytes(file);
            if (IsPng(bytes)) return new Logo(bytes, IsSvg: false);
            if (IsDrawing(bytes)) return new Logo(bytes, IsSvg: true);
            mistakes.Add(key, path, "this is neither SVG nor PNG: name a file that is");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(key, path, failure.Message);
        }
        return null;
    }

    private static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);

    private static bool IsDrawing(byte[] bytes)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), Reading);
            var isSvg = reader.MoveToContent() == XmlNodeType.Element && reader is { LocalName: "svg", NamespaceURI: SvgNamespace };
            // Browsers show nothing of one that is broken off.
            while (isSvg && reader.Read())
            {
            }
            return isSvg;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
