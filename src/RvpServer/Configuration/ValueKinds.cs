using System.Globalization;
using System.Net;

namespace RvpServer.Configuration;

/// <summary>The types of single values in options: how each is read, and what to write instead of an invalid one.</summary>
internal static class ValueKinds
{
    private delegate object? Parser(string text);

    private static readonly Dictionary<Type, (Parser Parse, string Cure)> Kinds = new()
    {
        [typeof(string)] = (text => text, ""),
        [typeof(bool)] = (text => bool.TryParse(text, out var value) ? value : null, "write true or false"),
        [typeof(int)] = (text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null,
            "write a whole number"),
        [typeof(TimeSpan)] = (text => ParseDuration(text), "write a duration as hh:mm:ss, for example 00:20:00"),
        [typeof(Uri)] = (ParseUrl, "write an http or https URL, for example http://127.0.0.1:8081"),
        [typeof(IPNetwork)] = (text => ParseNetwork(text), "write an address or a range, for example 10.0.0.0/8"),
        [typeof(IPEndPoint)] = (ParseDnsServer, "write an address or address:port, for example 192.0.2.53:53"),
    };

    public static bool IsKnown(Type type) => PlainOf(type) is var plain && (plain.IsEnum || Kinds.ContainsKey(plain));

    /// <summary>The value; or what to write instead.</summary>
    public static bool TryParse(Type type, string text, out object? value, out string cure)
    {
        type = PlainOf(type);
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type);
            // Not Enum.TryParse, which also accepts numbers and comma lists.
            var name = Array.Find(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
            value = name is null ? null : Enum.Parse(type, name);
            cure = "write " + string.Join(" or ", names);
        }
        else
        {
            (var parse, cure) = Kinds[type];
            value = parse(text);
        }
        return value is not null;
    }

    private static Type PlainOf(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    // .NET reads "20" as twenty days, which nobody means.
    private static TimeSpan? ParseDuration(string text) =>
        text.Count(c => c == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) ? value : null;

    private static Uri? ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? url : null;

    private static IPNetwork? ParseNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }

    private static IPEndPoint? ParseDnsServer(string text)
    {
        if (!IPEndPoint.TryParse(text, out var endPoint)) return null;
        return endPoint.Port == 0 ? new IPEndPoint(endPoint.Address, 53) : endPoint;
    }
}
