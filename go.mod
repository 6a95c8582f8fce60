module ph2cio

go 1.26
