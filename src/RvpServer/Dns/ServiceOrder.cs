namespace RvpServer.Dns;

/// <summary>The order in which the targets of an SRV record are tried. [RFC 2782]</summary>
internal static class ServiceOrder
{
    /// <summary>
    /// Lowest priority number first. Equal ones in random order: (1) those of weight 0 come first, (2) a number is drawn from 0 to the sum of the weights, both
    /// included, (3) the first whose running sum reaches it is next, (4) again with the rest.
    /// </summary>
    public static IReadOnlyList<DnsRecord.Service> Draw(IEnumerable<DnsRecord.Service> services, Random random)
    {
        var result = new List<DnsRecord.Service>();
        foreach (var equals in services.GroupBy(service => service.Priority).OrderBy(group => group.Key))
        {
            var rest = equals.OrderBy(service => service.Weight != 0).ToList(); // (1)
            while (rest.Count > 0)
            {
                var lot = random.Next(rest.Sum(service => service.Weight) + 1); // (2)
                var index = 0;
                for (var sum = rest[0].Weight; sum < lot; sum += rest[index].Weight) index++; // (3)
                result.Add(rest[index]);
                rest.RemoveAt(index); // (4)
            }
        }
        return result;
    }
}
