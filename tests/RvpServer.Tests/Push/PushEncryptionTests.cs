using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using RvpServer.Push;

namespace RvpServer.Tests.Push;

public sealed class PushEncryptionTests
{
    private static readonly byte[] Receiver =
        Base64Url.DecodeFromChars("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");

    [Fact]
    public void The_example_of_RFC_8291_comes_out_as_it_stands_there()
    {
        var point = Base64Url.DecodeFromChars("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        using var sender = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Base64Url.DecodeFromChars("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
            Q = new ECPoint { X = point[1..33], Y = point[33..] },
        });

        var encrypted = PushEncryption.Encrypt(
            Encoding.UTF8.GetBytes("When I grow up, I want to be a watermelon"), Receiver, Base64Url.DecodeFromChars("BTBZMqHH6r4Tts7J_aSIgg"), sender,
            Base64Url.DecodeFromChars("DGv6ra1nlYgDCS1FRnbzlw"));

        Assert.Equal(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4M"
                + "qgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
            Base64Url.EncodeToString(encrypted));
    }

    [Fact]
    public void No_two_are_alike_and_none_is_longer_than_push_services_take()
    {
        var (text, secret) = (new byte[PushEncryption.MaxText], new byte[PushEncryption.SecretLength]);

        var (one, other) = (PushEncryption.Encrypt(text, Receiver, secret), PushEncryption.Encrypt(text, Receiver, secret));

        Assert.Equal(4096, one.Length);
        Assert.NotEqual(one, other);
        Assert.Throws<ArgumentOutOfRangeException>(() => PushEncryption.Encrypt(new byte[PushEncryption.MaxText + 1], Receiver, secret));
    }

    [Fact]
    public void Points_beside_the_curve_are_none()
    {
        Assert.True(PushEncryption.IsPoint(Receiver));
        Assert.False(PushEncryption.IsPoint([.. Receiver[..^1], (byte)(Receiver[^1] ^ 1)]));
        Assert.False(PushEncryption.IsPoint(Receiver[..^1]));
        Assert.False(PushEncryption.IsPoint([3, .. Receiver[1..]]));
        Assert.False(PushEncryption.IsPoint(new byte[PushEncryption.PointLength]));
    }
}
