using System.Text;

namespace RvpServer.Network;

/// <summary>
/// Reads headers and files: as UTF-8, and bytes that are none as ISO-8859-1, which is what older programs write. So no byte makes a request unreadable, and one
/// name is one text however it comes. [RFC 9110, 5.5]
/// </summary>
internal static class Charsets
{
    public static readonly Encoding Utf8OrLatin1 = Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Latin1Fallback());

    private sealed class Latin1Fallback : DecoderFallback
    {
        // Invalid sequences have at most three bytes.
        public override int MaxCharCount => 3;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Latin1Buffer();
    }

    private sealed class Latin1Buffer : DecoderFallbackBuffer
    {
        private byte[] bytes = [];
        private int next;

        public override int Remaining => bytes.Length - next;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            (bytes, next) = (bytesUnknown, 0);
            return bytes.Length > 0;
        }

        public override char GetNextChar() => next < bytes.Length ? (char)bytes[next++] : '\0';

        public override bool MovePrevious()
        {
            if (next == 0) return false;
            next--;
            return true;
        }

        public override void Reset() => (bytes, next) = ([], 0);
    }
}
