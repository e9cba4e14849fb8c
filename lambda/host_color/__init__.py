"""The function behind `Custom::GreenlightHostColor`: one color of a service runs one image on the EC2 host."""
